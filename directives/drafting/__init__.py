"""A directive's text → what it asks, of whom and by when. Rules only: no clock, no files, no network.

`document.read` is the way in; every other module reads one thing: text, head, citations, dates, deadlines,
instructions, parties, units, and `campaign` writes the file a person then reviews.
"""
