using System.ComponentModel.DataAnnotations;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The memory that a fit takes, by an estimate, and how it uses that memory.</summary>
/// <param name="Bytes">The fit's matrix, if it is held in memory, and all numbers that are kept for each row.</param>
/// <param name="Mode">Whether the job waits for other fits to end, holds its matrix in memory, or reads it from disk in each pass.</param>
public sealed record JobMemory([property: Range(0, long.MaxValue)] long Bytes, MemoryMode Mode);
