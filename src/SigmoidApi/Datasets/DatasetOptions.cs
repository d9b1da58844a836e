using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Datasets;

/// <summary>The limits of an upload and what DuckDB may use, from the section <c>Datasets</c>.</summary>
public sealed class DatasetOptions
{
    public const string Section = "Datasets";

    /// <summary>Memory that one import may use inside DuckDB, in 10⁶ bytes.</summary>
    [Range(128, 1_000_000)]
    public int DuckDbMemoryMegabytes { get; set; } = 512;

    /// <summary>Threads that one import runs on.</summary>
    [Range(1, 256)]
    public int DuckDbThreads { get; set; } = 2;

    /// <summary>Imports that run at a time; the others wait. Each may use <see cref="DuckDbMemoryMegabytes"/>.</summary>
    [Range(1, 64)]
    public int MaxConcurrentImports { get; set; } = 1;

    /// <summary>The largest upload, in bytes.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxUploadBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    [Range(1, int.MaxValue)]
    public int MaxRows { get; set; } = 100_000_000;

    /// <summary>DuckDB holds 2,048 rows of every column at once, several times over: 10,000 columns do not fit in 512 MB.</summary>
    [Range(1, 10_000)]
    public int MaxColumns { get; set; } = 2_000;
}
