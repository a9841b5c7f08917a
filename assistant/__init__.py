"""Who decides what to do: the agent, the planner, grounding, receipts."""
