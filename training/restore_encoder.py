"""Turn shipped weights back into a sentence-transformers folder: to go on training them, or to run them in torch.

    python training/restore_encoder.py matchmaker/text/model --out build/shipped

The 8-bit weights are written out in float32, so the folder's vectors are those of the shipped ``fp32`` graph before its
centre is taken away.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from pathlib import Path

from convert_encoder import write_settings
from safetensors.numpy import save_file

from matchmaker.text.weights import read_constants, restore


def write_folder(shipped: Path, out: Path) -> None:
    """Write the folder that ``SentenceTransformer(path)`` loads."""
    constants, sizes = read_constants(shipped)
    out.mkdir(parents=True, exist_ok=True)
    save_file(restore(constants, sizes), out / "model.safetensors", metadata={"format": "pt"})
    # As it stands: writing it anew would round the pieces' scores.
    shutil.copyfile(shipped / "tokenizer.json", out / "tokenizer.json")
    write_settings(out, **dataclasses.asdict(sizes))


def main() -> None:
    """Restore."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shipped", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/shipped"))
    arguments = parser.parse_args()
    write_folder(arguments.shipped, arguments.out)
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
