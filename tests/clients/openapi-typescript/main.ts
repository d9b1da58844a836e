import { readFile } from 'node:fs/promises';
import createClient from 'openapi-fetch';
import type { paths } from './obj/schema.js';

// What a user of the generated types does, from a file to predictions. The tests compare each line with what the service itself answers.
const [address, path] = process.argv.slice(2);
if (address === undefined || path === undefined) throw new Error('expected the address of the service and a file');
const name = 'by-openapi-typescript';
const csv = await readFile(path, 'utf8');

const client = createClient<paths, 'application/json' | 'application/problem+json'>({ baseUrl: address });
const files = createClient<paths, 'application/json' | 'application/problem+json' | 'text/csv'>({ baseUrl: address });
const asItIs = { bodySerializer: (body: unknown) => body, headers: { 'Content-Type': 'text/csv' } };

const dataset = given(await files.POST('/api/v1/datasets', { params: { query: { name } }, body: csv, ...asItIs }));
console.log(`data set: ${dataset.rows} rows of ${dataset.columns.map(column => `${column.name} (${column.type})`.toLowerCase()).join(', ')}`);

const queued = given(await client.POST('/api/v1/training-jobs', { body: { datasetId: dataset.name, target: 'Status' } }));
const id = { path: { id: queued.id } };
const job = given(await client.GET('/api/v1/training-jobs/{id}', { params: { ...id, header: { Prefer: 'wait=60' } } }));
if (job.status !== 'succeeded' || !job.model) throw new Error(`the job ${job.status}: ${job.error?.detail}`);
const trained = { path: { name: job.model.name } };

const model = given(await client.GET('/api/v1/models/{name}', { params: trained }));
for (const { term, estimate, standardError } of model.coefficients)
  console.log(`coefficient: ${term} ${estimate?.toFixed(6)}, standard error ${standardError?.toFixed(6) ?? 'none'}`);
console.log(`log loss: ${model.metrics.training.logLoss?.toFixed(6)}, validation ${model.metrics.validation?.logLoss?.toFixed(6) ?? 'none'}`);

// Fields that take two types, and an answer that waits for the end.
const fits = given(await client.POST('/api/v1/training-jobs', {
  params: { header: { Prefer: 'wait=60' } },
  body: { datasetId: dataset.name, target: 'Status', modelName: `${name}-path`, cs: [0.1, 1], classWeight: 'balanced', validation: { folds: 4 } },
}));
const chosen = given(await client.GET('/api/v1/models/{name}', { params: { path: { name: `${name}-path` } } }));
const { path: points, selection, metrics: { validation } } = chosen;
console.log(`path: ${fits.status}, ${fits.request.classWeight}, ${points?.length} fits, c ${selection?.c}, log loss ${validation?.logLoss.toFixed(6)}`);

const { rows } = given(await client.GET('/api/v1/datasets/{id}/rows', { params: { path: { id: name }, query: { limit: 3 } } }));
const predicted = given(await client.POST('/api/v1/models/{name}/predict', { params: trained, body: { rows } }));
predicted.labels.forEach((label, i) => {
  // Of two classes each row has one probability, of more one for each class.
  const probability = predicted.probabilities[i];
  console.log(`row: ${(typeof probability === 'number' ? [probability] : probability)?.map(one => one.toFixed(6))} ${label}`);
});

const file = given(await files.POST('/api/v1/models/{name}/predict', { params: trained, body: csv, parseAs: 'text', ...asItIs }));
for (const line of file.split('\n').slice(0, 2)) console.log(`file: ${line}`);

const events = given(await client.GET('/api/v1/training-jobs/{id}/events', { params: id, parseAs: 'text' }));
for (const event of events.split('\n\n').filter(text => text.startsWith('event: succeeded'))) {
  const field = (name: string) => event.split('\n').find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
  console.log(`event: ${JSON.parse(field('data') ?? '{}').status} ${field('id')}`);
}

const { error, response } = await client.POST('/api/v1/training-jobs', { body: { datasetId: dataset.name, target: 'Statuses' } });
if (error && 'errors' in error) console.log(`problem: ${response.status} ${Object.keys(error.errors ?? {}).join(', ')}`);

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}
