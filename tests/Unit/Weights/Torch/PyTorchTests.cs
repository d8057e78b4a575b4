using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Files go from PyTorch to us and back.</summary>
public sealed class PyTorchTests : IDisposable
{
    /// <summary>Every type, random bits, and beside them what else a state dict may hold; the seed is fixed.</summary>
    private const string Tensors = """
        import sys, struct, collections, torch
        torch.manual_seed(7)
        types = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64,
            torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]
        state = collections.OrderedDict()
        def bits(t):
            t = t.detach().contiguous().reshape(-1)
            return t.to(torch.uint8) if t.dtype == torch.bool else t.view(torch.uint8)
        for t in types:
            size = torch.empty(0, dtype=t).element_size()
            state[str(t)[6:]] = torch.randint(0, 256, (3 * 5 * size,), dtype=torch.uint8).view(t).reshape(3, 5)
        state['bool'] = torch.tensor([[True, False], [False, True]])
        state['scalar'] = torch.tensor(1.5)
        state['empty'] = torch.zeros(0, 4)
        base = torch.arange(60, dtype=torch.float32)
        state['offset'] = base[7:31]
        state['transposed'] = base.reshape(5, 12).t()
        state['permuted'] = base.reshape(3, 4, 5).permute(2, 0, 1)
        state['every.other'] = base.reshape(5, 12)[1::2, ::3]
        state['expanded'] = base[:3].reshape(3, 1).expand(3, 4)
        state['shared'] = state['offset']
        state['parameter'] = torch.nn.Parameter(base[:6].reshape(2, 3).clone())
        state['names é "quoted"'] = torch.ones(2, dtype=torch.int64)

        """;

    private const string Compare = """
        def same(loaded):
            assert list(loaded) == list(state), list(loaded)
            for name, t in state.items():
                u = loaded[name]
                assert u.dtype == t.dtype and u.shape == t.shape, name
                assert torch.equal(bits(u), bits(t)), name

        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_state_dict_goes_from_PyTorch_to_us_and_back_without_the_change_of_a_bit()
    {
        PyTorch.Run(
            Tensors + """
            for zip in (True, False):
                for protocol in (2, 3, 4):
                    torch.save(state, f"{sys.argv[1]}/{zip}-{protocol}.pth",
                        _use_new_zipfile_serialization=zip, pickle_protocol=protocol)
            """,
            _folder.Path);

        foreach (var name in _folder.Files())
        {
            using var checkpoint = CheckpointFile.Open(_folder.File(name));
            var zip = name.StartsWith("True", StringComparison.Ordinal);
            Assert.Equal(zip ? CheckpointKind.TorchZip : CheckpointKind.TorchLegacy, checkpoint.Kind);
            Assert.Empty(checkpoint.Notes);
            new CheckpointConversion(checkpoint).WriteTorch(_folder.File($"back-{name}"), key: null, Cancel);
        }

        PyTorch.Run(
            Tensors + Compare + """
            import glob
            files = glob.glob(f"{sys.argv[1]}/back-*")
            assert len(files) == 6, files
            for file in files: same(torch.load(file, weights_only=True))
            """,
            _folder.Path);
    }

    [Fact]
    public void A_state_dict_comes_back_through_safetensors_under_its_key_and_with_its_metadata()
    {
        string from = _folder.File("from.pth"), middle = _folder.File("middle.safetensors"), back = _folder.File("back.pth");
        PyTorch.Run(Tensors + "torch.save(dict(model=state, epoch=9, name='retina', best=0.5), sys.argv[1])", from);

        using (var checkpoint = CheckpointFile.Open(from))
        {
            var conversion = new CheckpointConversion(checkpoint, "model");
            conversion.WriteSafetensors(middle, Cancel);
            Assert.Empty(conversion.LeftOut);
        }
        using (var checkpoint = CheckpointFile.Open(middle))
            new CheckpointConversion(checkpoint).WriteTorch(back, "model", Cancel);

        PyTorch.Run(
            Tensors + Compare + """
            loaded = torch.load(sys.argv[1], weights_only=True)
            assert {k: v for k, v in loaded.items() if k != 'model'} == dict(epoch='9', name='retina', best='0.5'), list(loaded)
            state = {n: state[n] for n in loaded['model']}
            assert len(state) == 21, len(state)
            same(loaded['model'])
            """,
            back);
        Assert.Equal(["back.pth", "from.pth", "middle.safetensors"], _folder.Files());
    }

    [Fact]
    public void A_whole_module_has_the_tensors_of_its_state_dict()
    {
        PyTorch.Run(
            """
            import sys, pickle, torch
            torch.manual_seed(3)
            inner = torch.nn.Sequential(torch.nn.BatchNorm1d(4), torch.nn.Conv1d(4, 2, 3))
            module = torch.nn.Sequential(torch.nn.Linear(3, 4, bias=False), inner)
            module.register_buffer('kept', torch.ones(2))
            module.register_buffer('unkept', torch.ones(2), persistent=False)
            module.width = 12
            folder = sys.argv[1]
            pickle.dump(module, open(f"{folder}/plain3.pkl", 'wb'), 3)
            pickle.dump(module, open(f"{folder}/plain4.pkl", 'wb'), 4)
            torch.save(module, f"{folder}/zip.pkl")
            torch.save(module, f"{folder}/legacy.pkl", _use_new_zipfile_serialization=False)
            torch.save(module.state_dict(), f"{folder}/state.pth")
            """,
            _folder.Path);

        Check("plain3.pkl", CheckpointKind.Pickle);
        Check("plain4.pkl", CheckpointKind.Pickle);
        Check("zip.pkl", CheckpointKind.TorchZip);
        Check("legacy.pkl", CheckpointKind.TorchLegacy);

        void Check(string name, CheckpointKind kind)
        {
            using var module = CheckpointFile.Open(_folder.File(name));
            using var dictionary = CheckpointFile.Open(_folder.File("state.pth"));
            Assert.Equal(kind, module.Kind);
            SameTensors.Check(dictionary, module, "");
            Assert.Equal("12", module.Metadata["width"]);
            Assert.Contains(module.Notes, note => note.Contains("Sequential", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Lists_numbers_and_foreign_objects_around_the_tensors_do_no_harm()
    {
        var path = _folder.File("checkpoint.pth");
        PyTorch.Run(
            """
            import sys, argparse, collections, torch
            class Strange: pass
            model = torch.nn.Linear(2, 3)
            optimizer = torch.optim.AdamW(model.parameters())
            model(torch.ones(1, 2)).sum().backward()
            optimizer.step()
            strange = Strange(); strange.self = strange; strange.rng = torch.get_rng_state()
            torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), epoch=3, done=True, note='é', none=None, big=2**70,
                args=argparse.Namespace(lr=0.1, sizes={'a': 1}), pair=(torch.ones(1), [torch.zeros(2)]), strange=strange,
                device=torch.device('cpu'), counts=collections.Counter('aab'), many=collections.defaultdict(list, {'x': torch.ones(1)}),
                kind=torch.float32, text='x' * 100000,
                nested=[{'deep': {4: torch.ones(2, dtype=torch.int16)}}]), sys.argv[1])
            """,
            path);

        using var checkpoint = CheckpointFile.Open(path);

        string[] expected = ["model.weight", "model.bias", "optimizer.state.0.exp_avg", "pair.0", "pair.1.0", "many.x", "nested.0.deep.4"];
        Assert.All(expected, name => Assert.NotNull(checkpoint.Find(name)));
        Assert.Equal("3", checkpoint.Metadata["epoch"]);
        Assert.Equal("true", checkpoint.Metadata["done"]);
        Assert.Equal("é", checkpoint.Metadata["note"]);
        Assert.Equal("1180591620717411303424", checkpoint.Metadata["big"]);
        Assert.Contains(checkpoint.Notes, note => note.StartsWith("args: an object of argparse.Namespace", StringComparison.Ordinal));
        Assert.Contains(checkpoint.Notes, note => note.StartsWith("strange: an object of __main__.Strange", StringComparison.Ordinal));
        Assert.Contains(checkpoint.Notes, note => note.StartsWith("optimizer: ", StringComparison.Ordinal));
    }
}
