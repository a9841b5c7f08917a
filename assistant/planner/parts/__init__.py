"""The parts of a question: times, limits, values, order, measures. Each takes its spans from a reading."""
