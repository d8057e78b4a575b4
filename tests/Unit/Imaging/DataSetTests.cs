using AspireFed.Contracts;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class DataSetTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public DataSetTests()
    {
        foreach (var name in (ReadOnlySpan<string>)["a.png", "b.png", "c.png", "Z.png"])
            _root.Write($"eyes/train/{name}", "");
        _root.Write("eyes/test/t.png", "");
        _root.Write("eyes/labels.csv", "a.png,0\r\nb.png,1.0\nc.png,2\nZ.png,1\nt.png,2\n");
        _root.Write("eyes/test.csv", "t.png\n");
        _root.Write("eyes/central/train.csv", "a.png\nb.png\nc.png\nZ.png\n");
        _root.Write("eyes/2_clients/split_1/two.csv", "b.png,whatever,else\na.png\n\nb.png\nZ.png\n");
        _root.Write("eyes/2_clients/split_1/one.csv", "c.png");
        _root.Write("eyes/2_clients/split_1/notes.txt", "not a client");
        _root.Write("eyes/two_clients/split_1/x.csv", "a.png\n");
        _root.Write("eyes/meta.csv", "file,label,site,credit\na.png,x,north,\"One, Two\"\nt.png,y,south,\n");
    }

    public void Dispose() => _root.Dispose();

    private string Folder => Path.Combine(_root.Path, "eyes");

    private static ClientId Client(string name) => new("eyes", "2_clients/split_1", name);

    [Fact]
    public void Partitions_and_clients_are_the_csv_files_in_ordinal_order()
    {
        var set = DataSet.Open(Folder);

        Assert.Equal("eyes", set.Name);
        Assert.Equal(["2_clients/split_1", "central"], set.Partitions);
        Assert.Equal([Client("one"), Client("two")], set.Clients("2_clients/split_1"));
        Assert.Equal([new ClientId("eyes", "central", "train")], set.Clients("central"));
    }

    [Fact]
    public void A_clients_images_come_once_each_in_ordinal_order_with_label_path_and_site()
    {
        var images = DataSet.Open(Folder).TrainImages(Client("two"));

        Assert.Equal(["Z.png", "a.png", "b.png"], images.Select(i => i.File));
        Assert.Equal([1, 0, 1], images.Select(i => i.Label));
        Assert.Equal(["", "north", ""], images.Select(i => i.Site));
        Assert.Equal(Path.Combine(Folder, "train", "a.png"), images[1].Path);
    }

    [Fact]
    public void Test_images_are_those_of_the_list_and_none_without_one()
    {
        Assert.Equal([new LabelledImage("t.png", Path.Combine(Folder, "test", "t.png"), 2, "south")], DataSet.Open(Folder).TestImages);

        File.Delete(Path.Combine(Folder, "test.csv"));
        Assert.Empty(DataSet.Open(Folder).TestImages);
    }

    [Fact]
    public void Classes_have_the_names_of_classes_csv_or_their_numbers()
    {
        Assert.Equal(["0", "1", "2"], DataSet.Open(Folder).Classes);

        _root.Write("eyes/classes.csv", "index,label\n1,bcc\n0,\"mel, early\"\n2,nv\n3,df\n");
        Assert.Equal(["mel, early", "bcc", "nv", "df"], DataSet.Open(Folder).Classes);
    }

    [Theory]
    [InlineData("labels.csv", "a.png,0\nb.png,one\n", "labels.csv line 2: 'b.png,one' is not 'file,class number'")]
    [InlineData("labels.csv", "a.png,0\nb.png\n", "labels.csv line 2: 'b.png' is not")]
    [InlineData("labels.csv", "a.png,0.5\n", "labels.csv line 1")]
    [InlineData("labels.csv", "a.png,-1\n", "labels.csv line 1")]
    [InlineData("labels.csv", "a.png,0\nb.png,0\na.png,1\n", "labels.csv line 3: image 'a.png' has class 0 on an earlier line and 1 here")]
    [InlineData("labels.csv", "\n", "labels.csv is empty")]
    [InlineData("classes.csv", "index,label\n0,x\n2,y\n", "must name the classes 0, 1, 2 and so on without a gap")]
    [InlineData("classes.csv", "index,label\n0,x\n0,y\n", "classes.csv line 3")]
    [InlineData("classes.csv", "index,label\n0,x\n1,y\n", "image 'c.png' has class 2, but")]
    [InlineData("meta.csv", "file,site\na.png,north,extra\n", "cannot be read")]
    public void A_wrong_table_is_refused_with_file_and_line(string name, string content, string message)
    {
        _root.Write($"eyes/{name}", content);

        Assert.Contains(message, Assert.Throws<InputException>(() => DataSet.Open(Folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c.png\nmissing.png\n", "one.csv line 2: image 'missing.png' has no label")]
    [InlineData("t.png\n", "one.csv line 1: image 't.png' is not in")]
    [InlineData("../test/t.png\n", "one.csv line 1: image '../test/t.png' is not in")]
    public void A_list_that_names_an_image_that_is_not_there_is_refused_with_file_and_line(string content, string message)
    {
        _root.Write("eyes/labels.csv", "c.png,0\nt.png,1\n../test/t.png,1\n");
        _root.Write("eyes/2_clients/split_1/one.csv", content);

        var fault = Assert.Throws<InputException>(() => DataSet.Open(Folder).TrainImages(Client("one")));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_refused_with_what_is()
    {
        var set = DataSet.Open(Folder);
        var catalog = new DataSetCatalog([_root.Path, "/nowhere"]);

        string Message(Func<object> act) => Assert.Throws<InputException>(act).Message;
        Assert.Contains("it has 2_clients/split_1, central", Message(() => set.Clients("3_clients/split_1")), StringComparison.Ordinal);
        Assert.Contains("has one, two", Message(() => set.TrainImages(Client("three"))), StringComparison.Ordinal);
        Assert.Contains("has no labels.csv", Message(() => DataSet.Open(_root.Path)), StringComparison.Ordinal);
        Assert.Contains($"{_root.Path}, /nowhere have eyes", Message(() => catalog.Open("ears")), StringComparison.Ordinal);
        Assert.Throws<InputException>(() => catalog.Open("../eyes"));
    }

    [Fact]
    public void A_catalog_sees_sets_that_come_and_change_and_reports_those_that_cannot_be_opened()
    {
        var catalog = new DataSetCatalog([_root.Path]);
        var first = catalog.Open("eyes");
        Assert.Same(first, catalog.Open("eyes"));

        _root.Write("skin/labels.csv", "s.png,0\n");
        _root.Write("broken/labels.csv", "s.png,none\n");
        _root.Write(".unfinished/labels.csv", "s.png,0\n");
        _root.Write("eyes/2_clients/split_1/three.csv", "a.png\n");
        var faults = new List<InputException>();

        Assert.Equal(["eyes", "skin"], catalog.Sets(faults.Add).Select(s => s.Name));
        Assert.Contains("broken", Assert.Single(faults).Message, StringComparison.Ordinal);
        Assert.Equal(3, catalog.Open("eyes").Clients("2_clients/split_1").Count);
    }
}
