// Carries the flags of libtorch-engine.pc, which scripts/setup-engine writes; there is nothing for Swift to see.
