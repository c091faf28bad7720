"""Tables for people: CSV and XLSX in and out, whose text stays text."""
