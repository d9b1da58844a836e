import { readFile } from 'node:fs/promises';
import { client } from './obj/client/client.gen.js';
import { createDataset, createTrainingJob, getDatasetRows, getModel, getTrainingJob, predictWithModel, watchTrainingJob } from './obj/client/index.js';

// What a user of the generated client does, from a file to predictions. The tests compare each line with what the service itself answers.
const [address, file] = process.argv.slice(2);
if (address === undefined || file === undefined) throw new Error('expected the address of the service and a file');
const name = 'by-hey-api';
const csv = await readFile(file, 'utf8');

client.setConfig({ baseUrl: address });

const { data: dataset } = await createDataset({ query: { name }, body: csv, throwOnError: true });
console.log(`data set: ${dataset.rows} rows of ${dataset.columns.map(column => `${column.name} (${column.type})`.toLowerCase()).join(', ')}`);

const { data: queued } = await createTrainingJob({ body: { datasetId: dataset.name, target: 'Status' }, throwOnError: true });
const { data: job } = await getTrainingJob({ path: { id: queued.id }, headers: { Prefer: 'wait=60' }, throwOnError: true });
if (job.status !== 'succeeded' || !job.model) throw new Error(`the job ${job.status}: ${job.error?.detail}`);
const path = { name: job.model.name };

const { data: model } = await getModel({ path, throwOnError: true });
for (const { term, estimate, standardError } of model.coefficients)
  console.log(`coefficient: ${term} ${estimate?.toFixed(6)}, standard error ${standardError?.toFixed(6) ?? 'none'}`);
console.log(`log loss: ${model.metrics.training.logLoss?.toFixed(6)}, validation ${model.metrics.validation?.logLoss?.toFixed(6) ?? 'none'}`);

// Fields that take two types, and an answer that waits for the end.
const { data: fits } = await createTrainingJob({
  headers: { Prefer: 'wait=60' },
  body: { datasetId: dataset.name, target: 'Status', modelName: `${name}-path`, cs: [0.1, 1], classWeight: 'balanced', validation: { folds: 4 } },
  throwOnError: true,
});
const { data: chosen } = await getModel({ path: { name: `${name}-path` }, throwOnError: true });
const { path: points, selection, metrics: { validation } } = chosen;
console.log(`path: ${fits.status}, ${fits.request.classWeight}, ${points?.length} fits, c ${selection?.c}, log loss ${validation?.logLoss.toFixed(6)}`);

const { data: { rows } } = await getDatasetRows({ path: { id: name }, query: { limit: 3 }, throwOnError: true });
const { data: predicted } = await predictWithModel({ path, body: { rows }, throwOnError: true });
predicted.labels.forEach((label, i) => {
  // Of two classes each row has one probability, of more one for each class.
  const probability = predicted.probabilities[i];
  console.log(`row: ${(typeof probability === 'number' ? [probability] : probability)?.map(one => one.toFixed(6))} ${label}`);
});

// The generator knows one body for each operation, which is JSON here. Files go by the client's own call.
const { data: answer } = await client.post<{ 200: string }, unknown, true>({
  url: '/api/v1/models/{name}/predict', path, body: csv, bodySerializer: null, headers: { 'Content-Type': 'text/csv' }, parseAs: 'text', throwOnError: true,
});
for (const line of answer.split('\n').slice(0, 2)) console.log(`file: ${line}`);

const { stream } = await watchTrainingJob({
  path: { id: job.id },
  onSseEvent: event => { if (event.event === 'succeeded' && isJob(event.data)) console.log(`event: ${event.data.status} ${event.id}`); },
});
for await (const _ of stream);

const { error, response } = await createTrainingJob({ body: { datasetId: dataset.name, target: 'Statuses' } });
if (error && 'errors' in error) console.log(`problem: ${response.status} ${Object.keys(error.errors ?? {}).join(', ')}`);

function isJob(data: unknown): data is { status: string } {
  return typeof data === 'object' && data !== null && 'status' in data;
}
