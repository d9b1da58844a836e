using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Some parameters of an objective, in rising order, and copies of their columns. With several outputs for each row there is one copy of a column for all
/// outputs; the parameters of an output follow each other.
/// </summary>
/// <param name="objective">f</param>
internal sealed class WorkingSet(LogisticObjective objective)
{
    private readonly int _dimension = objective.Dimension / objective.Outputs;

    public ColumnCopies Columns { get; } = objective.Columns();

    public int[] Parameters { get; private set; } = [];

    /// <summary>Where each parameter's column is in <see cref="Columns"/>.</summary>
    public int[] Places { get; private set; } = [];

    /// <summary>The positions of the first parameter of each output, and the number of parameters.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>A set and the other parameters whose |g| reaches a threshold, the largest first.</summary>
    /// <param name="set">In rising order.</param>
    /// <param name="gradient">g</param>
    /// <param name="threshold">Of |g|.</param>
    /// <param name="room">The most that are added.</param>
    /// <returns>The new set in rising order, and whether there is no room for some.</returns>
    public static (int[] Set, bool IsShort) WithLargest(int[] set, double[] gradient, double threshold, int room)
    {
        var isIn = new bool[gradient.Length];
        foreach (var j in set)
            isIn[j] = true;
        var others = new List<int>();
        for (var j = 0; j < isIn.Length; j++)
        {
            if (!isIn[j] && Math.Abs(gradient[j]) >= threshold)
                others.Add(j);
        }
        if (others.Count == 0)
            return (set, false);
        var isShort = others.Count > room;
        if (isShort)
            others = [.. others.OrderByDescending(j => Math.Abs(gradient[j])).Take(room)];
        int[] both = [.. set, .. others];
        Array.Sort(both);
        return (both, isShort);
    }

    /// <summary>Copies the columns that are not there yet.</summary>
    public void Select(int[] parameters, CancellationToken cancellationToken)
    {
        Parameters = parameters;
        int[] columns = objective.Outputs == 1 ? parameters : [.. parameters.Select(j => j % _dimension).Distinct().Order()];
        Columns.Select(columns, cancellationToken);
        Places = [.. parameters.Select(j => Array.BinarySearch(columns, j % _dimension))];
        Starts = [.. Enumerable.Range(0, objective.Outputs + 1).Select(o => FirstFrom(parameters, o * _dimension))];
    }

    /// <summary>The output of a parameter of the set.</summary>
    public int OutputOf(int member) => Parameters[member] / _dimension;

    /// <summary>The margins of each output: Σ factors[m] · z of these members.</summary>
    /// <param name="members">Positions in the set, in rising order.</param>
    /// <param name="factors">Of each member.</param>
    /// <param name="margins">A vector for each output.</param>
    public void Multiply(int[] members, double[] factors, double[][] margins) =>
        ForOutputs(members, (output, first, places) => Columns.Multiply(places, factors[first..(first + places.Length)], margins[output]));

    /// <summary>products[m] = z · (the vector of its output) for these members.</summary>
    public void Products(int[] members, double[][] vectors, double[] products) =>
        ForOutputs(members, (output, first, places) =>
        {
            var ofOutput = new double[places.Length];
            Columns.Products(places, vectors[output], ofOutput);
            ofOutput.CopyTo(products, first);
        });

    /// <summary>Σ weights · z² of every member, with the weights of its output.</summary>
    public double[] Squares(double[][] weights)
    {
        var squares = new double[Parameters.Length];
        ForOutputs([.. Enumerable.Range(0, squares.Length)], (output, first, places) =>
        {
            var ofOutput = new double[places.Length];
            Columns.Squares(places, weights[output], ofOutput);
            ofOutput.CopyTo(squares, first);
        });
        return squares;
    }

    /// <summary>Calls <paramref name="body"/>(output, position of the first of its members, places of their columns) for each output.</summary>
    public void ForOutputs(int[] members, Action<int, int, int[]> body)
    {
        var first = 0;
        for (var o = 0; o < Starts.Length - 1; o++)
        {
            var next = FirstFrom(members, Starts[o + 1]);
            body(o, first, [.. members[first..next].Select(member => Places[member])]);
            first = next;
        }
    }

    private static int FirstFrom(int[] rising, int least)
    {
        var place = Array.BinarySearch(rising, least);
        return place < 0 ? ~place : place;
    }
}
