import './base.css';
import './console.css';
import './lab.css';
