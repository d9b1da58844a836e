using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Tables.Sources;

/// <summary>The limits of an upload and the resources for reading it: the section <c>Datasets</c> of the settings.</summary>
public sealed class DatasetOptions : IValidatableObject
{
    public const string Section = "Datasets";

    /// <summary>Memory for the process that reads an upload, in 10⁶ bytes.</summary>
    [Range(256, 1_000_000)]
    public int MemoryMegabytes { get; set; } = 512;

    /// <summary>Threads for reading an upload.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 2;

    /// <summary>The number of uploads that are read at the same time; others wait. Each may use <see cref="MemoryMegabytes"/>.</summary>
    [Range(1, 64)]
    public int MaxConcurrentImports { get; set; } = 1;

    /// <summary>The longest time for reading an upload of any size, once it has arrived, in seconds.</summary>
    [Range(1, 86_400)]
    public int MaxImportSeconds { get; set; } = 3_600;

    /// <summary>The longest time for reading the smallest upload, in seconds. <see cref="ImportSecondsPerMegabyte"/> adds to it for larger uploads.</summary>
    [Range(1, 86_400)]
    public int MinImportSeconds { get; set; } = 60;

    /// <summary>The additional time for each 10⁶ bytes of a decompressed upload, in seconds.</summary>
    [Range(0.001, 86_400)]
    public double ImportSecondsPerMegabyte { get; set; } = 5;

    /// <summary>How long reading an upload may make no progress before it is ended, in seconds.</summary>
    [Range(1, 86_400)]
    public int StallSeconds { get; set; } = 10;

    /// <summary>The largest file that reading an upload may write, and the most that it may spill to disk, in bytes.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long MaxWrittenBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>
    /// Address space of the process that reads an upload, in addition to twice <see cref="MemoryMegabytes"/>, in 10⁶ bytes: for its threads and code. (Its
    /// allocators keep the addresses of memory that they have returned, and the system counts these.)
    /// </summary>
    [Range(512, 1_000_000)]
    public int WorkerOverheadMegabytes { get; set; } = 1_024;

    /// <summary>How long a process waits for the next upload before it exits, in seconds.</summary>
    [Range(0, 86_400)]
    public int WorkerIdleSeconds { get; set; } = 60;

    /// <summary>The largest upload in bytes, as sent and decompressed.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxUploadBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>The most rows of a file.</summary>
    [Range(1, int.MaxValue)]
    public int MaxRows { get; set; } = 100_000_000;

    /// <summary>The most columns of a file. DuckDB holds several copies of 2,048 rows of every column: 10,000 columns do not fit in 512 MB.</summary>
    [Range(1, 10_000)]
    public int MaxColumns { get; set; } = 2_000;

    /// <summary>The cells that a Parquet file of any size may claim. <see cref="MaxCellsPerByte"/> adds to it for larger files.</summary>
    [Range(0L, long.MaxValue / 2)]
    public long MinCells { get; set; } = 50_000_000;

    /// <summary>The additional cells for each byte of a Parquet file: a few bytes can hold any number of equal values, which take time to read.</summary>
    [Range(1, 1_000_000)]
    public int MaxCellsPerByte { get; set; } = 1_000;

    /// <summary>The largest record of JSON, in bytes. Several copies of a record are held in memory.</summary>
    [Range(1_024, 256 * 1024 * 1024)]
    public int MaxRecordBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The longest name of a column, in characters.</summary>
    [Range(1, 10_000)]
    public int MaxNameLength { get; set; } = 1_000;

    /// <summary>The most bytes of all column names together: the header of separated values, or the names in JSON records.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = TableFile.DefaultHeaderBytes;

    /// <summary>The longest line of separated values, including line breaks within quotes, in bytes. Several lines are held in memory.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxLineBytes { get; set; } = TableFile.DefaultLineBytes;

    /// <summary>The largest footer of a Parquet file, in bytes. Several copies are held in memory.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int MaxFooterBytes { get; set; } = TableFile.DefaultFooterBytes;

    /// <summary>With more rows than this, a profile takes quantiles from every n-th row. Counts, means and ranges are always of all rows.</summary>
    [Range(1_000, int.MaxValue)]
    public int ExactProfileRows { get; set; } = 4_000_000;

    /// <summary>
    /// The columns of a data set that a profile with a target compares with each other: the first ones. The time grows with the square of their number.
    /// </summary>
    [Range(0, 300)]
    public int MaxComparedColumns { get; set; } = 100;

    /// <summary>The absolute correlation, or Cramér's V, from which on a profile with a target names two columns as nearly the same.</summary>
    [Range(0.5, 1)]
    public double NearDuplicateCorrelation { get; set; } = 0.99;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxHeaderBytes > MaxLineBytes)
            yield return new($"The field {nameof(MaxHeaderBytes)} must be at most {nameof(MaxLineBytes)}.", [nameof(MaxHeaderBytes), nameof(MaxLineBytes)]);
    }
}
