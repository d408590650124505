"""A small datanet of prompts and responses: forty questions about house and garden, written for these tests."""

from collections.abc import Iterable
from pathlib import Path

from curation.datanet.canonical import Value
from curation.workspace import Workspace
from tests.small import write_jsonl

CARD = """\
schema: curation.datanet/1
name: house-advice
title: Advice about house and garden
licence: CC-BY-4.0
languages: [en]
task: instruction
fields:
  - {name: question, role: prompt}
  - {name: answer, role: response}
policy: {reference_min: 20}
"""

PAIRS = (
    ("How often should I water tomato plants?", "Water tomatoes deeply every second day and keep the leaves dry."),
    ("Why are the leaves of my tomatoes yellow?", "Yellow tomato leaves mostly want nitrogen; feed with nettle tea."),
    ("When can I sow carrots?", "Sow carrots outdoors from March on, a finger's breadth deep in loose soil."),
    ("How do I keep slugs off my lettuce?", "Put a ring of coarse sand round the lettuce and collect slugs at dusk."),
    ("When is the time to prune an apple tree?", "Prune apple trees in late winter, before the buds swell."),
    ("How do I make compost that does not smell?", "Mix kitchen scraps with dry leaves and turn the compost monthly."),
    ("Which grass seed grows in the shade?", "Red fescue makes the best lawn under trees, where little sun comes."),
    ("How deep do tulip bulbs go?", "Plant tulip bulbs three times as deep as they are tall, pointed end up."),
    ("What eats holes into my cabbage?", "Holes in cabbage come from caterpillars of the white butterfly; use a net."),
    ("How do I store potatoes over winter?", "Keep potatoes dark and cool, in a wooden box, away from apples."),
    (
        "How do I unblock a kitchen sink?",
        "Unscrew the trap below the sink, clean it, and rinse the drain with hot water.",
    ),
    ("Why does my tap drip?", "A dripping tap has a worn washer; close the valve and exchange it."),
    ("How do I bleed a radiator?", "Open the radiator's vent with its key until water comes instead of air."),
    ("Why does the boiler lose pressure?", "A boiler loses pressure through a leak or a tired expansion vessel."),
    ("How do I remove limescale from a kettle?", "Boil vinegar and water in the kettle and let it stand for an hour."),
    ("Why does the toilet keep running?", "The toilet runs on when its flapper no longer seals; fit a new one."),
    ("How do I stop a door from squeaking?", "Lift the door and put a drop of oil on the pins of its hinges."),
    ("How do I fill a hole in the wall?", "Fill the hole with plaster in two layers and sand the wall when it is dry."),
    ("Which paint is for a bathroom ceiling?", "Use a moisture-proof paint with fungicide on the bathroom's ceiling."),
    ("How do I hang a heavy mirror?", "Hang a heavy mirror from two screws with anchors in the masonry."),
    ("How do I get red wine out of a carpet?", "Dab the wine stain with cold water and salt; never rub the carpet."),
    ("How do I wash a wool jumper?", "Wash wool by hand in lukewarm water and dry the jumper lying flat."),
    ("Why is my white laundry grey?", "White laundry turns grey when washed with colours or with too little soap."),
    ("How do I clean an oven?", "Spread baking soda paste in the oven, leave it overnight and wipe it out."),
    ("How do I sharpen a kitchen knife?", "Draw the knife over a wet stone at a low angle, both sides in turn."),
    ("How do I get rid of moths in the wardrobe?", "Freeze the clothes, wipe the wardrobe and hang up cedar wood."),
    ("How do I keep bread fresh?", "Keep bread in a clay pot or a linen bag; in the fridge it goes stale."),
    ("How long do boiled eggs keep?", "Boiled eggs in their shell keep for a week in the fridge."),
    ("How do I season a cast iron pan?", "Rub the iron pan with oil and bake it upside down for an hour."),
    ("Can I freeze cooked rice?", "Cooked rice can be frozen for a month when it was cooled at once."),
    ("How do I insulate a draughty window?", "Stick foam tape into the window's frame and hang a thick curtain."),
    (
        "Why is there mould in the corner of the room?",
        "Mould grows in cold corners where damp air stays; air the room.",
    ),
    ("How do I find out which fuse is for the lamp?", "Switch off one fuse after the other until the lamp goes out."),
    ("What does a flickering light mean?", "A flickering light has a loose bulb or a bad contact in the switch."),
    ("How do I save electricity with the fridge?", "Set the fridge to seven degrees and defrost it twice a year."),
    ("How do I lay a wooden floor?", "Let the floorboards lie in the room for two days, then lay them with a gap."),
    ("How do I oil a garden table?", "Sand the table, wipe off the dust and put on two thin coats of oil."),
    ("How do I clean the gutters?", "Scoop the leaves out of the gutters each autumn and rinse the downpipe."),
    ("How do I patch a bicycle tube?", "Roughen the tube round the hole, spread glue, wait and press the patch on."),
    ("How do I oil a bicycle chain?", "Wipe the chain, put a drop of oil on each link and wipe it once more."),
)


def rows(pairs: Iterable[tuple[str, str]] = PAIRS) -> list[dict[str, Value]]:
    return [{"question": question, "answer": answer} for question, answer in pairs]


def imported(root: Path, encoder_cache: Path) -> Workspace:
    """A workspace in a new folder with this one datanet, its pairs imported."""
    folder = root / "datanets" / "house-advice"
    folder.mkdir(parents=True)
    (folder / "datanet.yaml").write_text(CARD, encoding="utf-8")
    (root / ".curation").mkdir()
    (root / ".curation" / "cache").symlink_to(encoder_cache, target_is_directory=True)
    workspace = Workspace(root)
    workspace.import_file(write_jsonl(root / "pairs.jsonl", rows()), "house-advice")
    return workspace
