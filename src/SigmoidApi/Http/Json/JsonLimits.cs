namespace SigmoidApi.Http.Json;

/// <summary>What one JSON value may hold at most.</summary>
/// <param name="MaxValues">Numbers in one array, matrix, tensor or table; more are a 413.</param>
/// <param name="MaxDepth">Arrays within arrays of one tensor.</param>
public sealed record JsonLimits(int MaxValues = 5_000_000, int MaxDepth = 32);
