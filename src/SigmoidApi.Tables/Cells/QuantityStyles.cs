namespace SigmoidApi.Tables.Cells;

/// <summary>How the quantities of a column are written, taken together: whether they can be numbers of one kind.</summary>
internal struct QuantityStyles
{
    private long _percents;
    private long _bare;
    private long _keys;
    private int _currency;
    private int _keyGroups;
    private bool _hasSeveralCurrencies;
    private bool _hasIndian;
    private bool _hasLargeThrees;

    public void Add(in WrittenNumber number, bool hasFraction)
    {
        _percents += number.IsPercent ? 1 : 0;
        _bare += number.IsBareInParentheses ? 1 : 0;
        if (number.Currency != 0)
        {
            _hasSeveralCurrencies |= _currency != 0 && _currency != number.Currency;
            _currency = number.Currency;
        }

        _hasIndian |= number.Thousands == WrittenThousands.Indian;
        _hasLargeThrees |= number.Thousands == WrittenThousands.Threes && (number.Groups > 1 || number.FirstGroup == 3);
        if (number.Thousands != WrittenThousands.Blanks || number.Currency != 0 || number.IsPercent || hasFraction)
            return;
        if (number.HasPlus)
        {
            _keys++;
        }
        else if (number.FirstGroup == 3 && (_keyGroups == 0 || _keyGroups == number.Groups))
        {
            _keyGroups = number.Groups;
            _keys++;
        }
    }

    /// <summary>
    /// Whether a column holds no numbers though each of its values is one: percents beside numbers, amounts of two currencies, thousands written in two ways;
    /// or all are digits in parentheses, as lists are numbered, or the same number of groups of three digits with blanks between them, as keys and telephone
    /// numbers are: <c>555 123</c>, <c>+49 123 456</c>.
    /// </summary>
    /// <param name="numbers">How many values there are, plain numbers among them.</param>
    public readonly bool AreMixed(long numbers) => (_percents > 0 && _percents < numbers) || _hasSeveralCurrencies || (_hasIndian && _hasLargeThrees)
        || (numbers > 0 && (_bare == numbers || _keys == numbers));
}
