import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { describeStore } from '../../support/store-contract';

describeStore('the memory store', openMemoryStore);
