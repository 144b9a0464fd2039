"""Retrieval and ranking over arrays, tokens and rows: indexes, fusion, pair features, reranking, evidence."""
