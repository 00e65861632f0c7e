FILES = {
    "work.py": "def unique(words):\n    seen = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n",
    "workload.py": "from work import unique\n\nprint(len(unique([str(n % 3000) for n in range(9000)])))\n",
    "test_work.py": (
        "import unittest\nfrom work import unique\n\n\nclass Unique(unittest.TestCase):\n"
        "    def test_the_first_of_each_stays(self):\n        self.assertEqual(unique(['b', 'a', 'b']), ['b', 'a'])\n"
    ),
    "perfsmith.toml": (
        'editable = ["work.py"]\ntests = "python -m unittest -q"\nworkload = "python workload.py"\nsetup = []\n'
    ),
}
