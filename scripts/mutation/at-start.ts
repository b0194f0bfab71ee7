/** Loaded before the tests: what the source loads late would otherwise be made within a test, and a mutant of what is made then passes for one that is noticed never. */
import '../../src/core/glob.ts';
import '../../src/guard/append.ts';
import '../../src/guard/journal.ts';
import '../../src/mcp/question.ts';
