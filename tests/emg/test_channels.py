"""Names of electrodes to names of muscles, of any public model."""

import pytest

import retrogait as rg
from retrogait.emg.channels import match_channels

MODELS = {
    "rajagopal": "gaslat_r gasmed_r soleus_r soleus_l tibant_r semimem_r semiten_r bflh_r bfsh_r vaslat_r "
    "vasmed_r vasint_r recfem_r glmax1_r glmax2_r glmed1_r glmin1_r quad_fem_r",
    "gait2392": "lat_gas_r med_gas_r soleus_r soleus_l tib_ant_r tib_post_r semimem_r semiten_r bifemlh_r "
    "bifemsh_r vas_lat_r vas_med_r vas_int_r rect_fem_r glut_max1_r glut_max2_r glut_med1_r glut_min1_r "
    "quad_fem_r",
    "planar": "gastroc_r soleus_r soleus_l tib_ant_r hamstrings_r bifemsh_r vasti_r rect_fem_r glut_max_r",
}
CHANNELS = {
    "soleus": ("soleus_r", "soleus_r", "soleus_r"),
    "gastrocnemius": ("gaslat_r gasmed_r", "lat_gas_r med_gas_r", "gastroc_r"),
    "medial_gastroc": ("gasmed_r", "med_gas_r", "gastroc_r"),
    "tibialis_anterior": ("tibant_r", "tib_ant_r", "tib_ant_r"),
    "TA": ("tibant_r", "tib_ant_r", "tib_ant_r"),
    "medial_hamstrings": ("semimem_r semiten_r", "semimem_r semiten_r", "hamstrings_r"),
    "biceps_femoris": ("bflh_r", "bifemlh_r", "hamstrings_r"),
    "BF": ("bflh_r", "bifemlh_r", "hamstrings_r"),
    "vastus_lateralis": ("vaslat_r", "vas_lat_r", "vasti_r"),
    "vastus_medius": ("vasmed_r", "vas_med_r", "vasti_r"),
    "rectus_femoris": ("recfem_r", "rect_fem_r", "rect_fem_r"),
    "gluteus_maximus": ("glmax1_r glmax2_r", "glut_max1_r glut_max2_r", "glut_max_r"),
    "gluteus_medius": ("glmed1_r", "glut_med1_r", ""),
}


@pytest.mark.parametrize(("number", "model"), list(enumerate(MODELS)))
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_electrode_finds_the_muscles_below_it(number, model, channel):
    expected = tuple(CHANNELS[channel][number].split())
    matches, unmatched = match_channels([channel], MODELS[model].split(), side="right")
    assert [match.muscles for match in matches] == ([expected] if expected else [])
    assert unmatched == ([] if expected else [channel])


@pytest.mark.parametrize("channel", ["soleus_l", "L_soleus", "left soleus", "Soleus.left"])
def test_a_channel_that_tells_its_leg_is_of_that_leg(channel):
    ((_, side, muscles),), _ = match_channels([channel], MODELS["planar"].split(), side="right")
    assert (side, muscles) == ("left", ("soleus_l",))


def test_muscles_can_be_named_and_a_leg_has_to_be():
    muscles = MODELS["rajagopal"].split()
    ((_, side, found),), _ = match_channels(["EMG 3"], muscles, names={"EMG 3": ["glm*_r", "bflh_r"]})
    assert (side, found) == ("right", ("glmax1_r", "glmax2_r", "glmed1_r", "glmin1_r", "bflh_r"))
    with pytest.raises(rg.ConfigError, match="'soleus' does not say of which leg"):
        match_channels(["soleus"], muscles)
    with pytest.raises(rg.ConfigError, match="no channel is called 'sol'"):
        match_channels(["soleus"], muscles, side="right", names={"sol": ["soleus_r"]})
    with pytest.raises(rg.ConfigError, match=r"the model has no 'soleus_rr'.*soleus_r"):
        match_channels(["soleus"], muscles, side="right", names={"soleus": ["soleus_rr"]})


def test_a_channel_over_no_known_muscle_is_told():
    assert match_channels(["trapezius"], MODELS["planar"].split(), side="left") == ([], ["trapezius"])
