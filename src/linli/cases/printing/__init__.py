"""The case file (案卷) and the dispatch order (交办单) on A4, as PDF."""
