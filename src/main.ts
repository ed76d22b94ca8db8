import './styles/tokens.css';
import { en } from './i18n/messages';

document.title = en.common.appName;
