"""The roster: a student-register export, read row by row, compared with the register, written into it."""
