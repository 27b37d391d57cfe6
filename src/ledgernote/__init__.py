"""A terminal research notebook that any model, script and agent can remember with."""
