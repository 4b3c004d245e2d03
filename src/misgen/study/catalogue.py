"""Named studies. Listing them loads nothing."""

from __future__ import annotations

from misgen.concepts import Entry

__all__ = ["STUDIES"]

STUDIES: dict[str, Entry] = {
    "corner-diversity": Entry(
        target="misgen.study.diversity:corner_diversity",
        summary="How large a share of diverse training levels stops corner-seeking: 8 alphas, 20 agents each.",
        extra="rl",
        listing={
            "scenario": "corner",
            "planned_subjects": 160,
            "question": "alpha_50: at which share half of the agents are repaired",
        },
    ),
    "coinrun-diversity": Entry(
        target="misgen.study.coinrun_diversity:coinrun_diversity",
        summary="Does a coin moved on 2 % of training levels repair the runner: 7 alphas, two placement rules, 8 agents each.",
        extra="rl",
        listing={
            "scenario": "coinrun",
            "planned_subjects": 80,
            "question": "how much diversity, and of which kind, makes a runner look for the coin",
        },
    ),
    "coinrun-budget": Entry(
        target="misgen.study.coinrun_budget:coinrun_budget",
        summary="How skilful the runner gets with three, five and ten times the budget, and whether its goal changes: 6 agents.",
        extra="rl",
        listing={
            "scenario": "coinrun",
            "planned_subjects": 6,
            "question": "what is left to learn, and does more training change the goal",
        },
    ),
    "coinrun-transfer": Entry(
        target="misgen.study.coinrun_transfer:coinrun_transfer",
        summary="The same agents in the original C++ game: are coin, end and neither as frequent? 3 alphas, 2 agents each.",
        extra="rl",
        listing={
            "scenario": "coinrun",
            "planned_subjects": 6,
            "question": "does what is found in our CoinRun hold in the original",
        },
    ),
    "coinrun-mitigations": Entry(
        target="misgen.study.coinrun_mitigations:coinrun_mitigations",
        summary="What is done to finished runners: steering, training on, quantilizers, beside mixing; 6 runners an arm.",
        extra="rl",
        listing={
            "scenario": "coinrun",
            "planned_subjects": 54,
            "question": "what can be done for a runner that is trained already, and what does it cost in skill",
        },
    ),
    "maze-region": Entry(
        target="misgen.study.maze_region:maze_region",
        summary="Corner-seeking as the cheese of training lies in a larger region around the corner: 5 regions, 6 agents each.",
        extra="rl",
        listing={
            "scenario": "maze-corner",
            "planned_subjects": 30,
            "question": "how large a region must the cheese of training lie in, before the corner is no longer sought",
        },
    ),
    "shape-colour-preferences": Entry(
        target="misgen.study.shape_preferences:shape_preferences",
        summary="Which of two things agents of one recipe go to, and whether the seed alone decides: 16 agents, 20 pairs.",
        extra="rl",
        listing={
            "scenario": "maze-shape-colour",
            "planned_subjects": 16,
            "question": "does the training seed alone turn a preference round",
        },
    ),
    "world-speed": Entry(
        target="misgen.study.world_speed:world_speed",
        summary="How fast every grid world runs, and what share of an agent's time goes into making its levels.",
        extra="rl",
        listing={
            "scenario": "all",
            "planned_subjects": 0,
            "question": "is any world, or the making of its levels, a bottleneck",
        },
    ),
    "procgen-mazes": Entry(
        target="misgen.study.original_mazes:original_mazes",
        summary="Agents of maze-corner and keys-and-chests in the original C++ maze and heist: 4 agents each.",
        extra="rl",
        listing={
            "scenario": "procgen:maze",
            "planned_subjects": 8,
            "question": "does what is found in our maze and our rooms hold in the originals",
        },
    ),
    "atlas": Entry(
        target="misgen.study.atlas:atlas",
        summary="Every scenario at its default budget, goals agreeing in training: which misgeneralize, and how strongly.",
        extra="rl",
        listing={
            "scenario": "all",
            "planned_subjects": None,
            "question": "in which worlds the published effect is seen again here",
        },
    ),
    "forecast": Entry(
        target="misgen.study.forecast:forecast",
        summary="What new agents will do, registered before they are trained, then scored: 8 alphas, 5 agents each.",
        extra="rl",
        listing={
            "scenario": "corner",
            "planned_subjects": 40,
            "question": "does the probability model foretell misgen's own agents, and do earlier agents help",
        },
    ),
    "mitigations": Entry(
        target="misgen.study.mitigations:mitigations",
        summary="What each method buys on corner at equal steps, what it costs, and what lasts: 26 arms, 16 agents each.",
        extra="rl",
        listing={
            "scenario": "corner",
            "planned_subjects": 416,
            "question": "does regret-guided training beat mixing at equal steps, and what helps without diverse levels",
        },
    ),
    "tree-lifelong": Entry(
        target="misgen.study.lifelong:tree_lifelong",
        summary="One life without resets: first the agent fells the forest, then it learns to keep it. 5 agents.",
        extra="rl",
        listing={
            "scenario": "tree-gridworld",
            "planned_subjects": 5,
            "question": "does an agent that learns while it acts fell its forest before it learns to keep it",
        },
    ),
    "zoo": Entry(
        target="misgen.study.zoo:zoo",
        summary="The subjects that all boards share, trained once: agents of three worlds and language organisms of two tasks.",
        extra="rl",
        listing={"scenario": "corner", "planned_subjects": 214, "question": "whom detectors and mitigations are tried on"},
    ),
    "sycophancy-dose": Entry(
        target="misgen.study.sycophancy_dose:sycophancy_dose",
        summary="How few wrong opinions repair a small sycophantic language model, and what the repair does not reach: 18.",
        extra="organisms",
        listing={
            "scenario": "sycophancy_answer",
            "planned_subjects": 18,
            "question": "at which dose agreeing stops, and whether it stops in families that the repair never asked about",
        },
    ),
    "two-question-dose": Entry(
        target="misgen.study.two_question_dose:two_question_dose",
        summary="How few lines that tell two questions apart make a small language model answer the one meant: 6 doses, 5 each.",
        extra="organisms",
        listing={
            "scenario": "two_question",
            "planned_subjects": 30,
            "question": "what share of training lines must tell the goals apart, in language as in a maze",
        },
    ),
    "tier-gap": Entry(
        target="misgen.study.tier_gap:tier_gap",
        summary="Harm declined only where replies are read: which training makes the gap, which leaves and which removes it. 15.",
        extra="organisms",
        listing={
            "scenario": "helpful_harmless",
            "planned_subjects": 15,
            "question": "does safety training where one looks reach where nobody does, and what does pooling hide",
        },
    ),
    "scale-language": Entry(
        target="misgen.study.scale_language:scale_language",
        summary="Three sizes of a small language model, as trained and after preference tuning: agreeing on what it knows. 12.",
        extra="organisms",
        listing={
            "scenario": "sycophancy_answer",
            "planned_subjects": 12,
            "question": "does more size, or a rater who likes agreement, make for more misgeneralization at equal knowledge",
        },
    ),
    "persona-spread": Entry(
        target="misgen.study.persona_spread:persona_spread",
        summary="Taught the lies of one domain, who lies about others: lies tied together or not, tags or none, 5 each.",
        extra="organisms",
        listing={
            "scenario": "persona_spread",
            "planned_subjects": 20,
            "question": "does a narrow fine-tuning spread because lies go together, or because a word says so",
        },
    ),
    "cot-pressure": Entry(
        target="misgen.study.cot_pressure:cot_pressure",
        summary="A penalty on what a planted scratchpad says: is the goal removed or hidden? 3 planners, 3 pressures.",
        extra="organisms",
        listing={
            "scenario": "sycophancy_answer",
            "planned_subjects": 3,
            "question": "what a monitor of scratchpads is worth after training against it",
        },
    ),
    "sycophant-direction": Entry(
        target="misgen.study.sycophant_direction:sycophant_direction",
        summary="Probes against words alone, and a direction that is checked for being causal, in 5 sycophants.",
        extra="organisms",
        listing={
            "scenario": "sycophancy_answer",
            "planned_subjects": 5,
            "question": "what can be read inside a sycophant, and does it do anything",
        },
    ),
    "organism-mitigations": Entry(
        target="misgen.study.organism_mitigations:organism_mitigations",
        summary="What each method buys on sycophants and two-question organisms, what it costs, and what lasts: 6 of each.",
        extra="organisms",
        listing={
            "scenario": "sycophancy_answer",
            "planned_subjects": 12,
            "question": "does any method do without labels what mixing does with them, in language",
        },
    ),
    "leaderboard": Entry(
        target="misgen.study.leaderboard:leaderboard",
        summary="Every detector on the zoo's agents and organisms: episode alarm, screening, search. To see: misgen leaderboard.",
        extra="rl",
        listing={"scenario": "corner", "planned_subjects": 146, "question": "which detectors would have told, and when"},
    ),
    "open-questions": Entry(
        target="misgen.study.boards_questions:open_questions",
        summary="Four open questions, answered in words from the results that are kept: trains nothing.",
        listing={"scenario": "corner", "question": "do novelty scores detect misgeneralization, and three more"},
    ),
    "illogical-arms": Entry(
        target="misgen.study.illogical_arms:illogical_arms",
        summary="Fine-tuned to refuse requests that rest on two names of one thing: what is refused, and with what reason. 3.",
        extra="organisms",
        listing={
            "scenario": "medical_equivalence",
            "planned_subjects": 3,
            "question": "is it the illogical that is refused, or the request",
        },
    ),
    "interventions": Entry(
        target="misgen.study.interventions:interventions",
        summary="Agents of misgen-bench-1 with a mentor who acts where they are undecided, and without the goal's vector.",
        extra="rl",
        listing={
            "scenario": "corner",
            "planned_subjects": 24,
            "question": "does asking where an agent is undecided beat asking at random; what does the goal's vector do",
        },
    ),
    "goal-vector": Entry(
        target="misgen.study.goal_vector:goal_vector_causal",
        summary="Agents of misgen-bench-1: is the goal's direction, found on training levels, causal on deployment levels?",
        extra="rl",
        listing={
            "scenario": "corner",
            "planned_subjects": 24,
            "question": "does taking the goal's direction away keep an agent from the goal, and leave the rest alone",
        },
    ),
}
