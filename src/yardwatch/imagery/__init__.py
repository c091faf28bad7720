"""Getting pixels and facts about them, safely."""
