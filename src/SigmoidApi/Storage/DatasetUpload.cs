namespace SigmoidApi.Storage;

/// <summary>A file as it was received, and the Parquet file that is made of it. Disposing removes what was not published.</summary>
public sealed class DatasetUpload : IDisposable
{
    internal const string Extension = ".upload";

    private readonly string _basePath;

    internal DatasetUpload(string basePath, Guid id)
    {
        _basePath = basePath;
        Id = id;
        Content = new FileStream(basePath + Extension, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <summary>The id that the data set will have.</summary>
    public Guid Id { get; }

    /// <summary>The received bytes; open, and locked against a sweep, until the upload is disposed.</summary>
    public FileStream Content { get; }

    public string ContentPath => _basePath + Extension;

    /// <summary>Where the Parquet file is written before it is published.</summary>
    public string ParquetPath => _basePath + ".parquet";

    public long Bytes => Content.Length;

    /// <summary>SHA-256 of the received bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; internal set; } = "";

    public void Dispose()
    {
        // The lock goes last: a sweep takes an unlocked upload for abandoned, which is then all the same.
        File.Delete(ParquetPath);
        File.Delete(ContentPath);
        Content.Dispose();
    }
}
