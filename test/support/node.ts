/** Before every test file: children run on the Node.js that `npm run test:nodes` names, whoever starts them. */
const { TAGWRIGHT_TEST_NODE } = process.env;
if (TAGWRIGHT_TEST_NODE) process.execPath = TAGWRIGHT_TEST_NODE;
