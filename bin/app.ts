import { App } from 'aws-cdk-lib';
import { addStages } from '../lib/add-stages.ts';
import { stages } from './stages.ts';

const app = new App();
addStages(app, stages);
