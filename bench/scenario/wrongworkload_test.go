package scenario_test

// wrongWorkloads ask what cannot be asked.
var wrongWorkloads = []wrongFile{
	{
		"both prompt and prompts", "workload: {prompt: hi, prompts: prompts.jsonl}\n" + wave,
		"sale.yaml:1:33: both prompt and prompts are given",
		"prompt is one text, prompts are many: keep one",
	},
	{
		"prompts that are not there", "workload: {prompts: nothing.jsonl}\n" + wave,
		"sale.yaml:1:21: file nothing.jsonl cannot be read: no such file or directory",
		"give a JSONL file, builtin:NAME or synthetic:N",
	},
	{
		"prompts that are none", "workload: {prompts: night.csv}\n" + wave,
		"sale.yaml:1:21: prompts: night.csv:1: not JSON: invalid character 'm' looking for beginning of value; nor can lines 2, 3, 4, 5 and 177 more be used",
		"",
	},
	{
		"turns of nothing", "workload: {turns: 0}\n" + wave,
		`sale.yaml:1:19: turns "0": not a number of turns`,
		"write 5, or all for those of a file",
	},
	{
		"turns without an end", "workload: {turns: all}\n" + wave,
		"sale.yaml:1:19: builtin:product-copy-vi has no end of turns",
		"write how many, or give a file of conversations",
	},
	{
		"a conversation of embeddings", "target: {api: embeddings}\nworkload: {turns: 3}\n" + wave,
		"sale.yaml:2:19: requests of api embeddings say nothing of what was answered before, and make no conversation",
		"leave it out: each request is then one by itself",
	},
	{
		"a conversation with a template", "target: {url: \"http://127.0.0.1:1/x\", api: http, body: '{\"p\": {{json .prompt}}}'}\nworkload: {turns: 3}\n" + wave,
		"sale.yaml:2:19: requests of api http say nothing of what was answered before, and make no conversation",
		"leave it out: each request is then one by itself",
	},
	{
		"a time to think that is none", "workload: {turns: 5, think: long}\n" + wave,
		`sale.yaml:1:29: think "long" is not a duration`,
		"write 2s, exp:2s for a random time of that mean, or trace for what a trace recorded",
	},
	{
		"a time to think about nothing", "workload: {think: 5s}\n" + wave,
		"sale.yaml:1:19: only a conversation has a time to think",
		"give turns: 5",
	},
	{
		"skip_bad_lines that is neither", "workload: {skip_bad_lines: some}\n" + wave,
		`sale.yaml:1:28: skip_bad_lines "some": neither true nor false`,
		"",
	},
	{
		"temperature out of range", "workload: {temperature: 2.5}\n" + wave,
		"sale.yaml:1:25: temperature 2.5 is not between 0 and 2",
		"",
	},
	{
		"temperature in words", "workload: {temperature: hot}\n" + wave,
		`sale.yaml:1:25: temperature "hot": not a number`,
		"",
	},
	{
		"stream: yes", "workload: {stream: yes}\n" + wave,
		`sale.yaml:1:20: stream "yes": neither true nor false`,
		"",
	},
	{
		"extra_body that is no object", "workload: {extra_body: [1]}\n" + wave,
		"sale.yaml:1:24: extra_body is not a JSON object",
		`for example {"top_p": 0.9}`,
	},
	{
		"extra_body that is no JSON", "workload: {extra_body: \"{a\"}\n" + wave,
		"sale.yaml:1:24: extra_body is not a JSON object: invalid character 'a' looking for beginning of object key string",
		`for example {"top_p": 0.9}`,
	},
	{
		"extra_body with a word of ours", "workload: {extra_body: {stream: false}}\n" + wave,
		`sale.yaml:1:24: extra_body sets "stream", which has a word of its own`,
		"write it as a word of the workload or the target",
	},
}
