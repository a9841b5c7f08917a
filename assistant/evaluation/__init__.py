"""How well questions are understood: golden questions, each with an answer found without the planner, and a judge."""
