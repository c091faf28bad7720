"""Getting text out of strangers' documents, safely: text, HTML, PDF and DOCX."""
