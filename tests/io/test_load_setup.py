"""The external-loads file, written and read back."""

from retrogait.io.load_setup import ExternalForce, read_load_setup, write_load_setup

WHOLE = ExternalForce("push <1>", "calcn_r", "ground", "ground", "force_v", "force_p", "torque_")
BARE = ExternalForce("twist", "calcn_l", "calcn_l", "ground", None, None, "turn_")


def test_what_is_written_reads_back(tmp_path):
    (tmp_path / "a&b.mot").write_text("x")
    write_load_setup(tmp_path / "loads.xml", "walk & more", [WHOLE, BARE], "a&b.mot", title="made -- up")
    found = read_load_setup(tmp_path / "loads.xml")
    assert found.forces == (WHOLE, BARE)
    assert found.data_file == tmp_path / "a&b.mot"
    assert found.disabled == ()
