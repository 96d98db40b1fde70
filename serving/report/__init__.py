"""Many documents as one report: who said what when, what changed, on which conditions, and who repeated whom.

`writing.write_report` is the way in; `reading` makes statements of documents, and each other module one table or view.
"""
