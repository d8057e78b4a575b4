using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>A table of biases by relative position, shared by all blocks.</summary>
internal sealed class RelativePositionBias : Module
{
    [ComponentName(Name = "relative_position_bias_table")] private readonly Parameter _table;
    [ComponentName(Name = "relative_position_index")] private readonly Tensor _index;

    public RelativePositionBias(int grid, int heads) : base(nameof(RelativePositionBias))
    {
        register_parameter("relative_position_bias_table", _table = Parameter(zeros(Rows(grid), heads)));
        register_buffer("relative_position_index", _index = Index(grid));
    }

    /// <summary>[heads, N, N].</summary>
    public Tensor Forward() => Look(_table, _index);

    /// <summary>Rows of a table: one for each shift between two patches, and three for the class token.</summary>
    public static int Rows(int grid) => (((2 * grid) - 1) * ((2 * grid) - 1)) + 3;

    /// <summary>The row of the table for each pair of tokens, [N, N]; the class token comes first.</summary>
    public static Tensor Index(int grid)
    {
        var (tokens, side) = (1 + (grid * grid), (2 * grid) - 1);
        var rows = new long[tokens * tokens];
        var shifts = side * side;
        for (var i = 0; i < tokens; i++)
        {
            for (var j = 0; j < tokens; j++)
            {
                rows[(i * tokens) + j] = (i, j) switch
                {
                    (0, 0) => shifts + 2,
                    (0, _) => shifts,
                    (_, 0) => shifts + 1,
                    _ => ((((i - 1) / grid) - ((j - 1) / grid) + grid - 1) * side) + ((i - 1) % grid) - ((j - 1) % grid) + grid - 1,
                };
            }
        }
        return tensor(rows, tokens, tokens);
    }

    /// <summary>[heads, N, N] from a table [rows, heads] and an index [N, N].</summary>
    public static Tensor Look(Tensor table, Tensor index)
    {
        using var scope = NewDisposeScope();
        var (tokens, heads) = (index.shape[0], table.shape[1]);
        return table.index_select(0, index.flatten()).view(tokens, tokens, heads).permute(2, 0, 1).contiguous().MoveToOuterDisposeScope();
    }
}
