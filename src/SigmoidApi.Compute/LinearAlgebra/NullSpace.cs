using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.LinearAlgebra;

/// <summary>The directions that a Gram matrix maps to 0. They are those in which dependent columns compensate each other.</summary>
internal sealed class NullSpace
{
    /// <summary>
    /// A column counts as dependent if the other columns explain all but this share of its square. The share is larger than the rounding error of
    /// a sum over a million rows.
    /// </summary>
    private const double Dependence = 1e-10;

    private readonly int _order;

    private NullSpace(int order, List<BasisVector> basis)
    {
        _order = order;
        Basis = basis;
    }

    /// <summary>A direction whose entry is 1 at <see cref="Parameter"/> and 0 at the parameters of the other basis vectors.</summary>
    internal readonly record struct BasisVector(int Parameter, double[] Entries);

    public IReadOnlyList<BasisVector> Basis { get; }

    public int Dimension => Basis.Count;

    /// <summary>
    /// The null space among the candidates. Each dependent column gives a basis vector: the column minus the combination of independent columns that
    /// equals it.
    /// </summary>
    public static NullSpace Of(SymmetricMatrix gram, bool[] candidates) => Of(gram, candidates, Independent(gram, candidates));

    /// <summary>The same if the <paramref name="independent"/> candidates are known already.</summary>
    public static NullSpace Of(SymmetricMatrix gram, bool[] candidates, bool[] independent)
    {
        var factor = new Cholesky(gram.Order);
        factor.Factorize(gram, independent);
        var basis = new List<BasisVector>();
        for (var j = 0; j < gram.Order; j++)
        {
            if (!candidates[j] || factor.Kept[j])
                continue;
            var entries = new double[gram.Order];
            for (var i = 0; i < entries.Length; i++)
                entries[i] = -gram[i, j];
            factor.Solve(entries);
            entries[j] = 1;
            basis.Add(new BasisVector(j, entries));
        }
        return new NullSpace(gram.Order, basis);
    }

    /// <summary>The candidates that do not depend on others. The diagonal is first reduced by the share that may be rounding error.</summary>
    public static bool[] Independent(SymmetricMatrix gram, bool[] candidates)
    {
        var shrunk = new SymmetricMatrix(gram.Order);
        gram.Values.CopyTo(shrunk.Values);
        for (var j = 0; j < gram.Order; j++)
            shrunk[j, j] *= 1 - Dependence;
        var factor = new Cholesky(gram.Order);
        factor.Factorize(shrunk, candidates);
        return factor.Kept;
    }

    /// <summary>The direction in the null space that has the same entries at the parameters of the basis vectors.</summary>
    public double[] Project(double[] direction) => Combine([.. Basis.Select(vector => direction[vector.Parameter])]);

    /// <summary>Σ coordinates[k] · Basis[k]</summary>
    public double[] Combine(double[] coordinates)
    {
        var direction = new double[_order];
        for (var k = 0; k < coordinates.Length; k++)
        {
            for (var j = 0; j < _order; j++)
                direction[j] += coordinates[k] * Basis[k].Entries[j];
        }
        return direction;
    }

    /// <summary>Nᵀg for the basis N.</summary>
    public double[] Restrict(double[] gradient) => [.. Basis.Select(vector => DotProduct.Compute(vector.Entries, gradient))];

    /// <summary>NᵀHN.</summary>
    public SymmetricMatrix Restrict(SymmetricMatrix hessian)
    {
        var restricted = new SymmetricMatrix(Dimension);
        var product = new double[_order];
        for (var k = 0; k < Dimension; k++)
        {
            for (var i = 0; i < _order; i++)
            {
                product[i] = 0;
                for (var j = 0; j < _order; j++)
                    product[i] += hessian[i, j] * Basis[k].Entries[j];
            }
            for (var l = 0; l <= k; l++)
                restricted[l, k] = DotProduct.Compute(Basis[l].Entries, product);
        }
        return restricted;
    }
}
