namespace SigmoidApi.Storage;

/// <summary>A file as it was received, and the Parquet file that is made of it. Disposing removes what was not published.</summary>
public sealed class DatasetUpload : IDisposable
{
    private readonly string _basePath;
    private readonly FileStream _lock;

    internal DatasetUpload(string basePath, Guid id)
    {
        _basePath = basePath;
        Id = id;
        // On a file of its own: the content is read by another process, and where it may be shared, .NET takes no lock on NFS and SMB.
        _lock = LockFile.Hold(basePath + LockFile.Extension);
        Content = new FileStream(ContentPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <summary>The id that the data set will have.</summary>
    public Guid Id { get; }

    /// <summary>The received bytes; open until the upload is disposed.</summary>
    public FileStream Content { get; }

    public string ContentPath => _basePath + ".upload";

    /// <summary>Where the Parquet file is written before it is published.</summary>
    public string ParquetPath => _basePath + ".parquet";

    /// <summary>Where an answer is written that is made of the upload.</summary>
    public string AnswerPath => _basePath + ".answer";

    /// <summary>Where what reads the upload may put what does not fit in memory; a reader that dies leaves it behind.</summary>
    public string SpillPath => _basePath + ".spill";

    /// <summary>Size of the file as it was sent.</summary>
    public long Bytes { get; internal set; }

    /// <summary>How it was compressed, <c>gzip</c> or <c>zstd</c>; null where it was not.</summary>
    public string? Compression { get; internal set; }

    /// <summary>The first of the plain bytes.</summary>
    public byte[] Start { get; internal set; } = [];

    /// <summary>SHA-256 of the file as it was sent, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; internal set; } = "";

    public void Dispose()
    {
        // The lock goes last: a sweep takes an unlocked upload for abandoned, which is then all the same.
        File.Delete(ParquetPath);
        File.Delete(AnswerPath);
        if (Directory.Exists(SpillPath))
            Directory.Delete(SpillPath, recursive: true);
        File.Delete(ContentPath);
        Content.Dispose();
        _lock.Dispose();
    }
}
