"""The pages of those who look after offices, lists and provisions: every change says first what figures it moves."""
