"""Letters, opinions and certificates on paper: each described once (`Document`), then made as docx and as PDF, which say the same."""

from .document import Document, Facts, Heading, Paragraph, Seal, Table
from .rendering import render_docx, render_pdf

__all__ = ["Document", "Facts", "Heading", "Paragraph", "Seal", "Table", "render_docx", "render_pdf"]
