"use strict";
// Theme, films, sorting and tips. Everything also reads without this script.
(() => {
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const name = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  theme.hidden = false;
  theme.addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; name(); });
  dark.addEventListener("change", name);
  name();

  for (const film of document.querySelectorAll("figure.film")) {
    const { frames, columns, width, height, fps } = Object.fromEntries(Object.entries(film.dataset).map(([k, v]) => [k, Number(v)]));
    const sheet = film.querySelector(".sheet"), controls = film.querySelector(".controls");
    const play = film.querySelector(".play"), slider = film.querySelector("input"), output = film.querySelector("output");
    let frame = 0, timer = null;
    const show = (k) => {
      frame = k;
      sheet.setAttribute("x", -width * (k % columns));
      sheet.setAttribute("y", -height * Math.floor(k / columns));
      slider.value = k;
      slider.setAttribute("aria-valuetext", `frame ${k} of ${frames - 1}`);
      output.textContent = `${k} / ${frames - 1}`;
    };
    const pause = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
    const advance = () => (frame + 1 < frames ? show(frame + 1) : pause());
    play.addEventListener("click", () => {
      if (timer !== null) return pause();
      if (frame === frames - 1) show(0);
      play.textContent = "Pause";
      timer = setInterval(advance, 1000 / fps);
    });
    slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
    controls.hidden = false;
    show(frames - 1);
  }

  for (const table of document.querySelectorAll("table.findings")) {
    const heads = [...table.querySelectorAll("thead th")], body = table.tBodies[0];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((h) => h.setAttribute("aria-sort", h === head ? (up ? "ascending" : "descending") : "none"));
      const numeric = head.classList.contains("number");
      const value = (row) => (numeric ? Number(row.cells[column].dataset.value ?? NaN) : row.cells[column].textContent);
      const order = (a, b) => (numeric ? a - b : a.localeCompare(b));
      const known = (v) => !numeric || !Number.isNaN(v);
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a), y = value(b);
        if (!known(x) || !known(y)) return Number(known(y)) - Number(known(x));
        return up ? order(x, y) : order(y, x);
      });
      body.append(...rows);
    }));
  }

  // The drawings' own titles, shown at once and beside the pointer.
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const place = (event) => {
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 12)}px`;
  };
  for (const mark of document.querySelectorAll(".marks i")) mark.style.left = `${100 * mark.dataset.at}%`;
  for (const mark of document.querySelectorAll(".chart :has(> title), .share :has(> title), .marks i")) {
    const title = mark.querySelector("title");
    const text = title ? title.textContent : mark.dataset.tip;
    mark.setAttribute("aria-label", text);
    title?.remove();
    mark.addEventListener("pointerenter", (event) => { tip.textContent = text; tip.hidden = false; place(event); });
    mark.addEventListener("pointermove", place);
    mark.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
})();
