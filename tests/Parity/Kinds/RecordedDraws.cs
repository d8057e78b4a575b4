using System.Text.Json;
using AspireFed.Imaging.Masks;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>The draws of a recorded mask, each asked for as the reference asked.</summary>
internal sealed class RecordedDraws(JsonElement draws) : IBlockDraws
{
    private int _next;

    public int Left => draws.GetArrayLength() - _next;

    public double Real(double from, double to)
    {
        var draw = Next("u");
        Assert.Equal(draw[1].GetDouble(), from, 1e-12);
        Assert.Equal(draw[2].GetDouble(), to, 1e-12);
        return draw[3].GetDouble();
    }

    public int Whole(int highest)
    {
        var draw = Next("i");
        Assert.Equal(draw[2].GetInt32(), highest);
        return draw[3].GetInt32();
    }

    private JsonElement Next(string kind)
    {
        var draw = draws[_next++];
        Assert.Equal(draw[0].GetString(), kind);
        return draw;
    }
}
