using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Tables.Sources;

/// <summary>The limits of an upload and what reading it may use, from the section <c>Datasets</c>.</summary>
public sealed class DatasetOptions : IValidatableObject
{
    public const string Section = "Datasets";

    /// <summary>Memory that the process that reads an upload may use, in 10⁶ bytes.</summary>
    [Range(256, 1_000_000)]
    public int MemoryMegabytes { get; set; } = 512;

    /// <summary>Threads that reading an upload may use.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 2;

    /// <summary>Uploads that are read at a time; the others wait. Each may use <see cref="MemoryMegabytes"/>.</summary>
    [Range(1, 64)]
    public int MaxConcurrentImports { get; set; } = 1;

    /// <summary>Longest that reading an upload of any size may take once it has come in, in seconds.</summary>
    [Range(1, 86_400)]
    public int MaxImportSeconds { get; set; } = 3_600;

    /// <summary>What reading the smallest upload may take, in seconds; a larger one may take <see cref="ImportSecondsPerMegabyte"/> more.</summary>
    [Range(1, 86_400)]
    public int MinImportSeconds { get; set; } = 60;

    /// <summary>What reading each 10⁶ bytes of an upload, unpacked, may take, in seconds.</summary>
    [Range(0.001, 86_400)]
    public double ImportSecondsPerMegabyte { get; set; } = 5;

    /// <summary>How long reading an upload may go on without any progress before it is ended, in seconds.</summary>
    [Range(1, 86_400)]
    public int StallSeconds { get; set; } = 10;

    /// <summary>The largest file that reading an upload may write, and all that it may spill, in bytes.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long MaxWrittenBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>
    /// Memory that the process that reads an upload may reserve beside twice <see cref="MemoryMegabytes"/>, in 10⁶ bytes: its threads and its code. (Its allocators keep addresses of memory that they
    /// have given back, which the system counts all the same.)
    /// </summary>
    [Range(512, 1_000_000)]
    public int WorkerOverheadMegabytes { get; set; } = 1_024;

    /// <summary>How long a process that has read an upload waits for the next before it ends.</summary>
    [Range(0, 86_400)]
    public int WorkerIdleSeconds { get; set; } = 60;

    /// <summary>The largest upload, in bytes, also of what a compressed one unpacks to.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxUploadBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Most rows of a file.</summary>
    [Range(1, int.MaxValue)]
    public int MaxRows { get; set; } = 100_000_000;

    /// <summary>Most columns of a file. DuckDB holds 2,048 rows of every column at once, several times over: 10,000 columns do not fit in 512 MB.</summary>
    [Range(1, 10_000)]
    public int MaxColumns { get; set; } = 2_000;

    /// <summary>Cells that a Parquet file of any size may claim; a larger one may claim <see cref="MaxCellsPerByte"/> more.</summary>
    [Range(0L, long.MaxValue / 2)]
    public long MinCells { get; set; } = 50_000_000;

    /// <summary>Cells that a Parquet file may claim for each of its bytes: a few of them hold any number of equal values, which take time to read.</summary>
    [Range(1, 1_000_000)]
    public int MaxCellsPerByte { get; set; } = 1_000;

    /// <summary>The largest record of JSON, in bytes: one is held in memory at a time, several times over.</summary>
    [Range(1_024, 256 * 1024 * 1024)]
    public int MaxRecordBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The longest name of a column, in characters.</summary>
    [Range(1, 10_000)]
    public int MaxNameLength { get; set; } = 1_000;

    /// <summary>All names of a file's columns together, in bytes: the header of separated values, the names in records of JSON.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = FileToRead.DefaultHeaderBytes;

    /// <summary>The longest line of separated values, line breaks within quotes included, in bytes. Some of them are held in memory at a time.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxLineBytes { get; set; } = FileToRead.DefaultLineBytes;

    /// <summary>The largest footer of a Parquet file, in bytes: it is held in memory, several times over.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int MaxFooterBytes { get; set; } = FileToRead.DefaultFooterBytes;

    /// <summary>Of more rows than this a profile takes quantiles from a part, every so many rows; counts, means and ranges are of all.</summary>
    [Range(1_000, int.MaxValue)]
    public int ExactProfileRows { get; set; } = 4_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxHeaderBytes > MaxLineBytes)
            yield return new($"The field {nameof(MaxHeaderBytes)} must be at most {nameof(MaxLineBytes)}.", [nameof(MaxHeaderBytes), nameof(MaxLineBytes)]);
    }
}
