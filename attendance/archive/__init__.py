"""台账 (D五(二)5): the nine records of some days, for the workbook and for paper, and what is missing in them."""
