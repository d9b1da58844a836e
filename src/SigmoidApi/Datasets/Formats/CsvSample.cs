using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>The first records of a file, cut into cells as one delimiter has them, without the quotes and blanks around each.</summary>
internal static class CsvSample
{
    private const int MostRecords = 500;

    public static List<List<string>> Records(string text, char delimiter, char? quote, bool isWholeFile)
    {
        var records = new List<List<string>>();
        var record = new List<string>();
        var cell = new StringBuilder();
        var (inQuotes, quoted) = (false, false);
        for (var i = 0; i < text.Length && records.Count < MostRecords; i++)
        {
            var c = text[i];
            if (inQuotes)
            {
                if (c != quote)
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == quote)
                    cell.Append(text[++i]);
                else
                    inQuotes = false;
            }
            else if (c == quote && cell.ToString().AsSpan().IsWhiteSpace())
            {
                (inQuotes, quoted) = (true, true);
                cell.Clear();
            }
            else if (c == delimiter)
            {
                EndCell();
            }
            else if (c is '\r' or '\n')
            {
                EndRecord();
            }
            else
            {
                cell.Append(c);
            }
        }

        // What the sample cuts off is no record, but for the only one.
        if (isWholeFile || records.Count == 0)
            EndRecord();
        return records;

        void EndCell()
        {
            record.Add(cell.ToString().Trim());
            cell.Clear();
            quoted = false;
        }

        void EndRecord()
        {
            if (record.Count == 0 && cell.Length == 0 && !quoted)
                return;
            EndCell();
            records.Add(record);
            record = [];
        }
    }
}
