"""How a plan is drafted from documents that people wrote: tables, sentences, agencies."""
