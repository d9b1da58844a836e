namespace SigmoidApi.Storage;

/// <summary>
/// The files of one id in the uploads directory: the received file, and the Parquet file or the answer that is made from it. A lock keeps them from
/// being swept. Disposing deletes the files that were not published.
/// </summary>
public sealed class StagedFiles : IDisposable
{
    private readonly string _basePath;
    private readonly FileStream _lock;

    internal StagedFiles(string basePath, Guid id)
    {
        _basePath = basePath;
        Id = id;
        // The lock is a file of its own, because a worker process reads the content: where a file may be shared, .NET takes no lock on NFS and SMB.
        _lock = LockFile.Hold(basePath + LockFile.Extension);
        Content = new FileStream(ContentPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <summary>The id that the data set will have.</summary>
    public Guid Id { get; }

    /// <summary>The received file; open until this object is disposed.</summary>
    public FileStream Content { get; }

    public string ContentPath => _basePath + ".upload";

    /// <summary>The Parquet file before it is published.</summary>
    public string ParquetPath => _basePath + ".parquet";

    /// <summary>The answer that is made from the received file, such as its predictions.</summary>
    public string AnswerPath => _basePath + ".answer";

    /// <summary>A directory for what a reader of the file cannot hold in memory; a reader that crashes leaves it behind.</summary>
    public string SpillPath => _basePath + ".spill";

    /// <summary>Size of the file as it was sent, in bytes.</summary>
    public long Bytes { get; internal set; }

    /// <summary>How the file was compressed, <c>gzip</c> or <c>zstd</c>; null if it was not.</summary>
    public string? Compression { get; internal set; }

    /// <summary>The first bytes of the file, decompressed and in UTF-8.</summary>
    public byte[] Start { get; internal set; } = [];

    /// <summary>SHA-256 of the file as sent, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; internal set; } = "";

    public void Dispose()
    {
        // The lock goes last. A sweep takes unlocked files for abandoned ones, and deleting twice does no harm.
        File.Delete(ParquetPath);
        File.Delete(AnswerPath);
        if (Directory.Exists(SpillPath))
            Directory.Delete(SpillPath, recursive: true);
        File.Delete(ContentPath);
        Content.Dispose();
        _lock.Dispose();
    }
}
