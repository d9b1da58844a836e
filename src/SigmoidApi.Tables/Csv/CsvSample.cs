using System.Text;

namespace SigmoidApi.Tables.Csv;

/// <summary>Splits the first records of a file into cells by a delimiter, without surrounding quotes and blanks.</summary>
internal static class CsvSample
{
    private const int MostRecords = 500;

    public static List<List<string>> Records(string text, char delimiter, char? quote, bool isWholeFile)
    {
        var records = new List<List<string>>();
        var record = new List<string>();
        var cell = new StringBuilder();
        var (inQuotes, quoted, isBlank) = (false, false, true);
        for (var i = 0; i < text.Length && records.Count < MostRecords; i++)
        {
            var c = text[i];
            if (inQuotes)
            {
                if (c != quote)
                    Append(c);
                else if (i + 1 < text.Length && text[i + 1] == quote)
                    Append(text[++i]);
                else
                    inQuotes = false;
            }
            else if (c == quote && isBlank)
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
                Append(c);
            }
        }

        // The last record of a sample is cut off. It counts only if it is the only one.
        if (isWholeFile || records.Count == 0)
            EndRecord();
        return records;

        void Append(char c)
        {
            cell.Append(c);
            isBlank = isBlank && char.IsWhiteSpace(c);
        }

        void EndCell()
        {
            record.Add(cell.ToString().Trim());
            cell.Clear();
            (quoted, isBlank) = (false, true);
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
