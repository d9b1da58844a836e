namespace SigmoidApi.Serving;

/// <summary>What the cells of a file's column contain.</summary>
internal enum CellForm
{
    /// <summary>Texts of any kind: all cells of CSV, and cells of text columns in other formats.</summary>
    Text,

    /// <summary>Values as JSON writes them, with texts in quotes.</summary>
    Json,

    /// <summary>DOUBLE if the model needs a number; if it needs a level, a text with all digits.</summary>
    Number,

    /// <summary>DOUBLE if the model needs a number; if it needs a level, a text.</summary>
    Boolean,

    /// <summary>Days since 1970-01-01 as DOUBLE if the model needs a number; if it needs a level, a text.</summary>
    Date,
}
