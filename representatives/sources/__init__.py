"""The one door to other people's registers: their columns, their codes, their slips.

What comes out are the rows of ``representatives.snapshot``, in our own form.
"""
