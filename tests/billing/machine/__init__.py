"""The money room as one machine: a tiny school, a model of it in plain numbers, and the laws that always hold."""
