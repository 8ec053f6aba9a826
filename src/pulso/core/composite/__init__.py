"""The composite toolbox: from a table of units × indicators to one number, its weights, its reliability and its band.

Each stage is a module, in the order of the work: checks, impute, treat, normalise, weigh, aggregate, reliability, band.
Arrays have units (cities, zones, days) as rows and indicators as columns; NaN is what nobody knows. The steps follow
OECD & JRC (2008), Handbook on Constructing Composite Indicators.
"""
